terraform {
  required_version = ">= 1.10" # the backend's use_lockfile

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }

  # Which bucket and key is in backend/<environment>.s3.tfbackend: `terraform init -backend-config=…`. Each environment has a
  # state of its own, and nobody can plan one against the state of another by forgetting a workspace.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

# Region and credentials come from the environment.
provider "aws" {
  default_tags {
    tags = { environment = var.environment, managed-by = "terraform" }
  }
}
