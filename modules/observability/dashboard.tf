locals {
  # Searches, because the classes are not known here: a rule may bring new ones. LettersQuarantined has no class.
  status_searches = concat(
    [for metric in ["LettersArrived", "LettersHealed", "LettersRelapsed", "LettersParked", "LettersArchived"] :
    "SEARCH('{${local.namespace},stack,queue,class} stack=\"${var.name}\" MetricName=\"${metric}\"', 'Sum', 300)"],
    ["SEARCH('{${local.namespace},stack,queue} stack=\"${var.name}\" MetricName=\"LettersQuarantined\"', 'Sum', 300)"],
  )

  health_metrics = {
    Invocations = { stat = "Sum", yAxis = "left" }
    Errors      = { stat = "Sum", yAxis = "left" }
    Duration    = { stat = "p95", yAxis = "right" }
  }

  watched_functions = distinct(concat(values(var.functions), values(local.consumers)))
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [
      {
        type   = "metric"
        x      = 0
        y      = 0
        width  = 24
        height = 8
        properties = {
          title   = "Message status by class and action"
          region  = var.aws.region
          view    = "timeSeries"
          stacked = true
          period  = 300
          metrics = [for index, search in local.status_searches : [{ expression = search, id = "status${index}" }]]
        }
      },
      {
        type   = "metric"
        x      = 0
        y      = 8
        width  = 12
        height = 8
        properties = {
          title  = "Health of each function"
          region = var.aws.region
          view   = "timeSeries"
          period = 300
          yAxis  = { left = { label = "invocations, errors", showUnits = false }, right = { label = "ms", showUnits = false } }
          metrics = [for pair in setproduct(local.watched_functions, keys(local.health_metrics)) :
          ["AWS/Lambda", pair[1], "FunctionName", pair[0], local.health_metrics[pair[1]]]]
        }
      },
      {
        type   = "metric"
        x      = 12
        y      = 8
        width  = 12
        height = 8
        properties = {
          title   = "Queue depths"
          region  = var.aws.region
          view    = "timeSeries"
          period  = 60
          stat    = "Maximum"
          metrics = [for name in flatten([for queue in var.queues : queue.names]) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]]
        }
      },
    ]
  })
}
