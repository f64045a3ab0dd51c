"""The fake providers: two suppliers with different manners, over real HTTP."""
