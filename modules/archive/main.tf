locals {
  bucket_arn = "arn:${var.aws.partition}:s3:::${aws_s3_bucket.letters.bucket}"
}

resource "aws_s3_bucket" "letters" {
  bucket        = var.bucket
  force_destroy = var.force_destroy
  tags          = var.tags
}

resource "aws_s3_bucket_ownership_controls" "letters" {
  bucket = aws_s3_bucket.letters.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "letters" {
  bucket                  = aws_s3_bucket.letters.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "letters" {
  bucket = aws_s3_bucket.letters.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "letters" {
  bucket = aws_s3_bucket.letters.bucket

  rule {
    bucket_key_enabled = var.kms_key_arn != null # one KMS call for many objects

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "letters" {
  bucket = aws_s3_bucket.letters.bucket

  rule {
    id     = "letters"
    status = "Enabled"
    filter {
      prefix = "letters/"
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    # Instant Retrieval: letters are read one by one, by byte range, and an engineer waits for them.
    dynamic "transition" {
      for_each = var.glacier_after_days == null ? [] : [var.glacier_after_days]
      content {
        days          = transition.value
        storage_class = "GLACIER_IR"
      }
    }

    dynamic "expiration" {
      for_each = var.expire_after_days == null ? [] : [var.expire_after_days]
      content {
        days = expiration.value
      }
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_retention_days
    }
  }

  depends_on = [aws_s3_bucket_versioning.letters]
}

data "aws_iam_policy_document" "tls_only" {
  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"] # a denial: whatever the action, not without TLS
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]

    principals {
      type        = "*" # a denial: whoever asks
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "letters" {
  bucket = aws_s3_bucket.letters.bucket
  policy = data.aws_iam_policy_document.tls_only.json

  # S3 refuses two changes of a bucket's access at once.
  depends_on = [aws_s3_bucket_public_access_block.letters]
}
