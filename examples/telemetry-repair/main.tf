# Producer → positions queue → consumer, which asks Redis for the device's metadata → DLQ → healer → repair, which loads the
# metadata from the registry into Redis → back to the queue, corrected.
# The waits are short so that the whole round is seen within a minute; the comments say what to use instead.

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  aws = {
    partition  = data.aws_partition.current.partition
    region     = data.aws_region.current.id
    account_id = data.aws_caller_identity.current.account_id
  }

  consumer_timeout_seconds = 10

  redis = {
    url = var.redis == null ? one(module.cache[*].url) : var.redis.url
    vpc = var.redis == null ? one(module.cache[*].vpc) : var.redis.vpc
  }
}

module "cache" {
  source = "./cache"
  count  = var.redis == null ? 1 : 0

  name   = var.name
  region = local.aws.region
  port   = var.cache_port
}

module "dlq_healer" {
  source = "../.."

  name = var.name
  mode = "heal"

  queues = {
    positions = {
      # Three tries, with the kit's back-off between them (consumer/index.ts), then the DLQ.
      create = { max_receive_count = 3 }
      consumer = {
        function_name   = module.consumer.name
        role_name       = module.consumer.role_name
        timeout_seconds = local.consumer_timeout_seconds
      }
    }
  }

  rules = [{
    # By what the consumer throws. Redis that is down throws something else: that is no matter of metadata, and is healed
    # by waiting.
    id     = "missing-device-metadata"
    when   = { queue = "positions", error_type = "DeviceMetadataMissing" }
    class  = "METADATA_MISSING"
    repair = { function_arn = module.repair.arn }
  }]

  policy = {
    classes = {
      # A person is told of the letters that the repair declines, not of each one that it mends.
      METADATA_MISSING = { verdict = "heal", notify = "exhausted" }
      # The defaults: 300 and 3600.
      DEPENDENCY_FAILURE = { verdict = "heal", base_delay_seconds = 15, max_delay_seconds = 60 }
    }
  }

  # Two healers, each of which asks for five repairs at once: so the registry is asked ten things at a time, whatever dies.
  functions = { maximum_concurrency = 2 }

  # So that `terraform destroy` leaves nothing behind. Not in production.
  storage = { force_destroy = true, deletion_protection = false }
}
