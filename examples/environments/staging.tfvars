environment        = "staging"
mode               = "heal"
alert_emails       = ["orders-team@example.com"]
disposable         = true
log_retention_days = 30
retry              = { max_receive_count = 3, tier_delay = 10, max_delay = 20 }
letters_waiting    = { first = 10, second = 50 }
