"""What the fake panel and the fake providers share: clock, timelines, scenarios, journal, control calls."""
