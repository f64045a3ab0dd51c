#!/usr/bin/env bash
# The five steps of a new owner, by the API alone, against a running demo: sign up, connect WhatsApp, connect the panel,
# choose a mode, add groups; then a first message. Usage: docs/first_steps.sh [http://127.0.0.1:8000] [+15557770009]
set -euo pipefail
SITE=${1:-http://127.0.0.1:8000}
PHONE=${2:-+1555777$(date +%s | tail -c 5)}
PASSWORD=a-fine-long-password
JAR=$(mktemp)
trap 'rm -f "$JAR"' EXIT

api() { # api METHOD PATH [JSON]
  curl -sS --fail-with-body -b "$JAR" -c "$JAR" -X "$1" "$SITE/api/v1/$2" -H 'Content-Type: application/json' \
    -H "X-CSRFToken: ${TOKEN:-}" ${3:+--data "$3"}
  echo
}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
wait_for() { # wait_for WORD COMMAND...: until the command's answer holds the word
  local word=$1 answer; shift
  for _ in $(seq 60); do
    answer=$("$@") && [[ $answer == *"$word"* ]] && { echo "$answer"; return; }
    sleep 0.5
  done
  echo "No \"$word\" within 30 s: $answer" >&2; return 1
}
delivered() { api GET "sandbox-phone?phone=${PHONE#+}"; }

echo "1. Sign up: the code arrives on WhatsApp, in the demo on the sandbox phone"
api POST auth/phone/send "{\"phone\": \"$PHONE\"}"
CODE=$(wait_for 'Your code is' delivered | grep -oE 'Your code is [0-9]{6}' | tail -1 | grep -oE '[0-9]{6}')
TOKEN=$(api POST auth/phone/verify "{\"phone\": \"$PHONE\", \"otp\": \"$CODE\", \"password\": \"$PASSWORD\"}" | field csrf_token)

echo "2. Connect WhatsApp: a QR to scan; in the demo the sandbox phone scans it"
# accepts_risk: WhatsApp has no official way to link a bot, and may limit or ban a number. Use a separate one.
NUMBER=$(api POST numbers '{"name": "Support", "accepts_risk": true}' | field id)
wait_for 'png_base64' api GET "numbers/$NUMBER/qr" > /dev/null
api POST "numbers/$NUMBER/sandbox-scan" '{"phone": "+15557779999"}' > /dev/null
wait_for '"open"' api GET "numbers/$NUMBER"

echo "3. Connect the panel: its address and Admin API key"
PANEL=${PANEL_URL:?"set PANEL_URL to the sandbox panel that make demo prints"}
api PUT panel "{\"panel_url\": \"$PANEL\", \"api_key\": \"${PANEL_KEY:-sandbox-admin-key}\"}"
api POST config/validate-panel '{}'

echo "4. Choose a mode"
api PATCH config '{"key": "chat_mode", "value": "manual"}'

echo "5. Add groups: they appear with the number; the first is switched on"
api POST groups/sync > /dev/null
GROUP=$(wait_for '"wa_id"' api GET groups | python3 -c 'import json, sys; print(json.load(sys.stdin)["results"][0]["id"])')
api PATCH "groups/$GROUP" '{"support_enabled": true}'

echo "And the first message, in the sandbox"
MESSAGE=$(api POST sandbox/messages '{"text": "check 54321"}' | field id)
wait_for 'Order 54321' api GET "sandbox/messages/$MESSAGE"
