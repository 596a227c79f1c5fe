# The root composes; each module under modules/ has one capability, and none calls a sibling.

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

module "queue" {
  source   = "./modules/queue"
  for_each = { for key, queue in var.queues : key => queue if queue.create != null }

  name = "${var.name}-${each.key}"
  aws  = local.aws
  settings = merge(each.value.create, {
    visibility_timeout_seconds = coalesce(
      each.value.create.visibility_timeout_seconds,
      6 * try(each.value.consumer.timeout_seconds, 30) + try(each.value.consumer.batching_window_seconds, 0),
    )
    dlq_visibility_timeout_seconds = local.dlq_visibility_timeout_seconds
  })
  kms_key_arn = var.kms_key_arn
  tags        = var.tags
}

module "ledger" {
  source = "./modules/ledger"

  name                = var.name
  aws                 = local.aws
  documents           = local.documents
  queue_keys          = local.queue_keys
  deletion_protection = var.storage.deletion_protection
  kms_key_arn         = var.kms_key_arn
  tags                = var.tags
}

module "archive" {
  source = "./modules/archive"

  bucket                    = "${var.name}-letters-${local.aws.account_id}-${local.aws.region}"
  aws                       = local.aws
  glacier_after_days        = var.storage.glacier_after_days
  expire_after_days         = var.storage.expire_after_days
  noncurrent_retention_days = var.storage.noncurrent_retention_days
  force_destroy             = var.storage.force_destroy
  kms_key_arn               = var.kms_key_arn
  tags                      = var.tags
}

module "alerts" {
  source = "./modules/alerts"

  name        = var.name
  aws         = local.aws
  topic_arn   = var.alerts.topic_arn
  emails      = var.alerts.emails
  sqs         = var.alerts.sqs
  webhooks    = var.alerts.webhooks
  kms_key_arn = var.kms_key_arn
  tags        = var.tags
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name               = "${var.name}-${each.key}"
  aws                = local.aws
  zip                = "${path.module}/dist/${each.key}.zip"
  runtime            = var.functions.runtime
  architecture       = var.functions.architecture
  memory_mb          = var.functions.memory_mb
  timeout_seconds    = each.value.timeout_seconds
  log_retention_days = var.functions.log_retention_days
  kms_key_arn        = var.kms_key_arn
  tags               = var.tags
  environment = merge(each.value.environment, {
    POWERTOOLS_SERVICE_NAME      = each.key
    POWERTOOLS_METRICS_NAMESPACE = "DlqHealer"
    POWERTOOLS_LOG_LEVEL         = var.functions.log_level
  })
}

module "healer" {
  source = "./modules/healer"

  name = var.name
  mode = var.mode
  queues = { for key, queue in local.queues : key => {
    dlq_arn    = queue.dlq_arn
    source_arn = queue.source_arn
    tier_arns  = values(queue.tier_arns)
    fifo       = queue.fifo
  } }
  consumer_function_arns  = local.consumer_function_arns
  targets                 = { queues = local.targets["sqs"], functions = local.targets["lambda"], state_machines = local.targets["states"] }
  log_group_arns          = local.log_group_arns
  repair_function_arns    = local.repair_function_arns
  heal                    = { function_name = module.function["heal"].name, function_arn = module.function["heal"].arn, role_name = module.function["heal"].role_name }
  govern                  = { function_name = module.function["govern"].name, function_arn = module.function["govern"].arn, role_name = module.function["govern"].role_name }
  batch_size              = var.functions.batch_size
  batching_window_seconds = var.functions.batching_window_seconds
  maximum_concurrency     = var.functions.maximum_concurrency
  ledger_table_arn        = module.ledger.ledger_table_arn
  idempotency_table_arn   = module.ledger.idempotency_table_arn
  archive_bucket_arn      = module.archive.bucket_arn
  topic_arn               = module.alerts.topic_arn
  event_bus_arn           = local.event_bus_arn
  kms_key_arn             = var.kms_key_arn
  tags                    = var.tags
}

module "consumer" {
  source   = "./modules/consumer"
  for_each = var.queues

  name                  = "${var.name}-${each.key}"
  source_arn            = local.queues[each.key].source_arn
  tier_arns             = local.queues[each.key].tier_arns
  dlq_arn               = local.queues[each.key].dlq_arn
  consumer              = each.value.consumer
  ledger_table_arn      = module.ledger.ledger_table_arn
  idempotency_table_arn = module.ledger.idempotency_table_arn
  kms_key_arn           = var.kms_key_arn
  tags                  = var.tags
}

module "operator" {
  source = "./modules/operator"

  queues = { for key, queue in local.queues : key => {
    dlq_arn    = queue.dlq_arn
    source_arn = queue.source_arn
    tier_arns  = values(queue.tier_arns)
  } }
  targets               = { queues = local.targets["sqs"], functions = local.targets["lambda"], state_machines = local.targets["states"] }
  log_group_arns        = local.log_group_arns
  heal_function_arn     = module.function["heal"].arn
  ledger_table_arn      = module.ledger.ledger_table_arn
  idempotency_table_arn = module.ledger.idempotency_table_arn
  archive_bucket_arn    = module.archive.bucket_arn
  kms_key_arn           = var.kms_key_arn
}

module "ingest" {
  source   = "./modules/ingest"
  for_each = var.ingest == null ? {} : { ingest = var.ingest }

  name               = "${var.name}-ingest"
  aws                = local.aws
  path               = each.value.path
  authorization      = each.value.authorization
  rate_per_second    = each.value.rate_per_second
  burst              = each.value.burst
  queue_arn          = try(local.queues[each.value.queue].source_arn, null)
  ledger_table_arn   = module.ledger.ledger_table_arn
  function_name      = module.function["ingest"].name
  function_arn       = module.function["ingest"].arn
  role_name          = module.function["ingest"].role_name
  log_retention_days = var.functions.log_retention_days
  kms_key_arn        = var.kms_key_arn
  tags               = var.tags
}

module "observability" {
  source = "./modules/observability"

  name       = var.name
  aws        = local.aws
  topic_arn  = module.alerts.topic_arn
  thresholds = var.observability
  functions  = { for key, function in module.function : key => function.name }
  queues = { for key, queue in local.queues : key => {
    names             = [for arn in concat(compact([queue.source_arn]), values(queue.tier_arns), [queue.dlq_arn]) : reverse(split(":", arn))[0]]
    dlq_name          = reverse(split(":", queue.dlq_arn))[0]
    consumer_function = queue.consumer_function
  } }
  tags = var.tags
}
