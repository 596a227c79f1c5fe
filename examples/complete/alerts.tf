module "alert_inbox" {
  source = "../shared/alert-inbox"

  name      = var.name
  topic_arn = module.dlq_healer.alert_topic_arn
}

moved {
  from = aws_sqs_queue.alert_inbox
  to   = module.alert_inbox.aws_sqs_queue.this
}

moved {
  from = aws_sqs_queue_policy.alert_inbox
  to   = module.alert_inbox.aws_sqs_queue_policy.this
}
