#!/usr/bin/env bash
# A number linked and a group answered through a real gateway's driver, over HTTP alone, with a fake gateway in the
# place of WhatsApp. In one terminal the gateway, in another the demo that knows it:
#   .venv/bin/python manage.py runfakegateway waha --port 8920
#   WAHA_URL=http://127.0.0.1:8920 WAHA_API_KEY=sandbox-gateway-key make demo
# (evolution: EVOLUTION_API_URL, EVOLUTION_API_KEY; gowa: GOWA_URL, GOWA_BASIC_AUTH=smmbot:sandbox-gateway-key), then
#   docs/gateway_steps.sh [http://127.0.0.1:8000] [http://127.0.0.1:8920]
set -euo pipefail
SITE=${1:-http://127.0.0.1:8000}
GATEWAY=${2:-http://127.0.0.1:8920}
BOT=1555020$(date +%s | tail -c 5) ANNA=15550100011 SAM=15550100014
JAR=$(mktemp)
trap 'rm -f "$JAR"' EXIT

api() { # api METHOD PATH [JSON]
  curl -sS --fail-with-body -b "$JAR" -c "$JAR" -X "$1" "$SITE/api/v1/$2" -H 'Content-Type: application/json' \
    -H "X-CSRFToken: ${TOKEN:-}" ${3:+--data "$3"}
  echo
}
phones() { # phones METHOD CALL [JSON]: what the people and their phones do
  curl -sS --fail-with-body -X "$1" "$GATEWAY/_sandbox/$2" -H 'Content-Type: application/json' ${3:+--data "$3"}
  echo
}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
wait_for() { # wait_for WORD COMMAND...: until the command's answer holds the word
  local word=$1 answer; shift
  for _ in $(seq 120); do
    answer=$("$@") && [[ $answer == *"$word"* ]] && { echo "$answer"; return; }
    sleep 0.5
  done
  echo "No \"$word\" within 60 s: $answer" >&2; return 1
}

echo "1. The demo's owner signs in"
TOKEN=$(api POST auth/login/phone '{"phone": "+15550100001", "password": "sandbox-demo"}' | field csrf_token)

echo "2. A number is connected: its gateway shows a code"
NUMBER=$(api POST numbers '{"name": "Through a gateway", "accepts_risk": true}' | field id)
wait_for '"png_base64": "' api GET "numbers/$NUMBER/qr" > /dev/null
SESSION=$(phones GET sessions | python3 -c 'import json, sys
print([one["name"] for one in json.load(sys.stdin)["sessions"] if one["qr"]][-1])')

echo "3. A phone scans it"
phones POST accounts "{\"phone\": \"$ANNA\", \"lid\": \"99900000000011\", \"name\": \"Anna\"}" > /dev/null
phones POST accounts "{\"phone\": \"$SAM\", \"name\": \"Sam\"}" > /dev/null
phones POST scan "{\"session\": \"$SESSION\", \"phone\": \"$BOT\"}" > /dev/null
wait_for '"state": "open"' api GET "numbers/$NUMBER"

echo "4. A group appears by itself with its first message; support is switched on"
GROUP=120363$(date +%s)@g.us
phones POST groups "{\"id\": \"$GROUP\", \"subject\": \"Anna and friends\", \"members\": [\"$BOT\", \"$ANNA\", \"$SAM\"]}" > /dev/null
phones POST say "{\"by\": \"$ANNA\", \"group\": \"$GROUP\", \"text\": \"good morning\"}" > /dev/null
ROW=$(wait_for "$GROUP" api GET "groups?q=$GROUP" | python3 -c 'import json, sys
print(json.load(sys.stdin)["results"][0]["id"])')
api PATCH "groups/$ROW" '{"support_enabled": true}' > /dev/null

echo "5. Anna asks; the bot reads, types and answers in the group"
phones POST say "{\"by\": \"$ANNA\", \"group\": \"$GROUP\", \"text\": \"check 54321\"}" > /dev/null
wait_for 'Order 54321' phones GET "sent?session=$SESSION"

echo "6. The phone loses its connection, and comes back"
phones POST drop "{\"session\": \"$SESSION\"}" > /dev/null
wait_for '"state": "closed"' api GET "numbers/$NUMBER" > /dev/null
phones POST restore "{\"session\": \"$SESSION\"}" > /dev/null
wait_for '"state": "open"' api GET "numbers/$NUMBER"

echo "7. The number is removed, and its session with it"
api DELETE "numbers/$NUMBER" > /dev/null
gone() { phones GET sessions | grep -q "$SESSION" || echo gone; }
wait_for gone gone
