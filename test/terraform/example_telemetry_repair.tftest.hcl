# The telemetry example plans as it stands, with a cache of its own, and with a Redis that is there already.

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}
override_data {
  target = module.dlq_healer.data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

run "with_a_cache_of_its_own" {
  command = plan
  module {
    source = "./examples/telemetry-repair"
  }

  override_data {
    target = module.cache[0].data.aws_availability_zones.this
    values = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }

  assert {
    condition     = module.dlq_healer.queues["positions"].source_arn == "arn:aws:sqs:eu-west-1:123456789012:telemetry-positions" && module.dlq_healer.effective_configuration.queues.positions.create.max_receive_count == 3 && length(module.dlq_healer.queues["positions"].retry_tier_arns) == 0
    error_message = "Three tries, then the DLQ."
  }
  assert {
    condition     = jsonencode([for rule in module.dlq_healer.effective_configuration.rules : [rule.id, rule.when.error_type, rule.repair.function_arn]]) == jsonencode([["missing-device-metadata", "DeviceMetadataMissing", "arn:aws:lambda:eu-west-1:123456789012:function:telemetry-repair"]])
    error_message = "One rule, whose repair is the example's function."
  }
  assert {
    condition     = jsonencode([for s in jsondecode(aws_iam_role_policy.consumer.policy).Statement : [s.Action, s.Resource]]) == jsonencode([["dynamodb:UpdateItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/telemetry-positions"]])
    error_message = "The consumer books positions, and does not read the registry."
  }
  assert {
    condition     = jsonencode([for s in jsondecode(aws_iam_role_policy.repair.policy).Statement : [s.Action, s.Resource]]) == jsonencode([["dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/telemetry-devices"]])
    error_message = "The repair reads the registry, and no more."
  }
}

run "the_cache_and_its_network" {
  command = plan
  module {
    source = "./examples/telemetry-repair/cache"
  }
  variables {
    name   = "telemetry"
    region = "eu-west-1"
    port   = 6379
  }

  override_data {
    target = data.aws_availability_zones.this
    values = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }

  assert {
    condition = (
      aws_elasticache_replication_group.this.engine == "valkey" && tobool(aws_elasticache_replication_group.this.transit_encryption_enabled)
      && tobool(aws_elasticache_replication_group.this.at_rest_encryption_enabled) && aws_elasticache_replication_group.this.num_cache_clusters == 1
    )
    error_message = "Valkey, encrypted on the way and at rest."
  }
  assert {
    condition     = jsonencode([for subnet in aws_subnet.this : [subnet.availability_zone, subnet.cidr_block, subnet.map_public_ip_on_launch]]) == jsonencode([["eu-west-1a", "10.60.0.0/26", false], ["eu-west-1b", "10.60.0.64/26", false]])
    error_message = "Two private subnets, in two zones."
  }
  assert {
    condition = jsonencode([for endpoint in [aws_vpc_endpoint.dynamodb, aws_vpc_endpoint.sqs] : [endpoint.service_name, endpoint.vpc_endpoint_type]]) == jsonencode([
      ["com.amazonaws.eu-west-1.dynamodb", "Gateway"], ["com.amazonaws.eu-west-1.sqs", "Interface"],
    ]) && aws_vpc_endpoint.sqs.private_dns_enabled
    error_message = "DynamoDB and SQS are reached without it."
  }
  assert {
    condition = jsonencode([for rule in [
      aws_vpc_security_group_egress_rule.functions_to_cache, aws_vpc_security_group_ingress_rule.cache_from_functions,
      aws_vpc_security_group_egress_rule.functions_to_sqs, aws_vpc_security_group_ingress_rule.sqs_from_functions,
      aws_vpc_security_group_egress_rule.functions_to_dynamodb,
      ] : [rule.from_port, rule.to_port, rule.ip_protocol, rule.cidr_ipv4]]) == jsonencode([
      [6379, 6379, "tcp", null], [6379, 6379, "tcp", null], [443, 443, "tcp", null], [443, 443, "tcp", null], [443, 443, "tcp", null],
    ])
    error_message = "The functions speak to the three, each by its port, and nobody's address range is let in."
  }
}

run "with_a_redis_of_yours" {
  command = plan
  module {
    source = "./examples/telemetry-repair"
  }
  variables {
    name = "fleet"
    redis = {
      url = "rediss://master.fleet.abc.euw1.cache.amazonaws.com:6380"
      vpc = { subnet_ids = ["subnet-a", "subnet-b"], security_group_ids = ["sg-a"] }
    }
  }

  assert {
    condition     = length(module.cache) == 0 && output.redis_url == "rediss://master.fleet.abc.euw1.cache.amazonaws.com:6380"
    error_message = "No cache is made, and yours is used."
  }
  assert {
    condition     = toset(values(output.function_names)) == toset([for key in ["heal", "govern", "consumer", "repair"] : "fleet-${key}"])
    error_message = "Four functions."
  }
}

run "with_a_redis_outside_a_vpc" {
  command = plan
  module {
    source = "./examples/telemetry-repair"
  }
  variables {
    redis = { url = "redis://redis.example.com" }
  }

  assert {
    condition     = length(module.cache) == 0 && local.redis.vpc == null
    error_message = "No network is made and none is asked for."
  }
}

run "a_password_in_the_url_is_refused" {
  command = plan
  module {
    source = "./examples/telemetry-repair"
  }
  variables {
    redis = { url = "rediss://user:secret@redis.example.com:6379" }
  }
  expect_failures = [var.redis]
}
