def test_check(chat):
    said = chat.say("check 54321")
    print(said.text)
    assert said.key == "order_status"

def test_check2(chat):
    said = chat.say("refill 54323")
    print(said.text)
def test_check3(chat):
    said = chat.say("cancel 54321")
    print(said.text)
