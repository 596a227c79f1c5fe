environment        = "dev"
mode               = "heal"
alert_emails       = []
disposable         = true
log_retention_days = 7
retry              = { max_receive_count = 2, tier_delay = 5, max_delay = 10 } # a round takes seconds
letters_waiting    = { first = 1, second = 10 }
