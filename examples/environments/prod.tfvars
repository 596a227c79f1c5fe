environment        = "prod"
mode               = "observe" # until what it would do has been looked at for a week; then "heal"
alert_emails       = ["oncall@example.com", "orders-team@example.com"]
disposable         = false
log_retention_days = 90
retry              = { max_receive_count = 5, tier_delay = 300, max_delay = 900 }
letters_waiting    = { first = 50, second = 200 }
