# One machine for a session of wms (`"cloud": { "engine": "terraform" }`), as the engine ec2 makes it: it ends itself,
# lets nobody in, and is found by its tags. Copy this directory into your repository and change it as you like, but keep
# the three variables without a default and the tags: without them a session could neither be found nor ended.
#
# The state is a file in this directory. Keep it out of Git (.terraform/ and *.tfstate*), or, so that all teammates see the
# same one, put it into the store:
#
#   terraform {
#     backend "s3" {
#       bucket       = "BUCKET"
#       key          = "wms/terraform.tfstate"
#       region       = "us-east-1"
#       use_lockfile = true # Terraform 1.10, OpenTofu 1.10
#     }
#   }

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }
  }
}

# The credentials are those of the store. They come in the environment.
provider "aws" {
  region = var.wms_region
}

resource "aws_security_group" "machine" {
  name        = "wms-${var.wms_session}"
  description = "Machine of the session ${var.wms_session}"
  tags        = var.wms_tags

  # No ingress: `npx wms cloud connect` opens a way in for one caller at a time.
  egress {
    description = "Packages, the store, Systems Manager"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  lifecycle {
    # The rule of a caller is not ours to take away.
    ignore_changes = [ingress]
  }
}

resource "aws_instance" "machine" {
  ami                         = var.wms_image
  instance_type               = var.wms_size
  availability_zone           = var.wms_zone
  iam_instance_profile        = var.wms_instance_profile
  vpc_security_group_ids      = [aws_security_group.machine.id]
  associate_public_ip_address = true
  user_data                   = var.wms_user_data
  user_data_replace_on_change = true

  # At its deadline the machine powers itself off. Stopped, it would go on costing, and start again with the next lab.
  instance_initiated_shutdown_behavior = "terminate"

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
    # The machine reads its deadline from its own tags.
    instance_metadata_tags = "enabled"
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = var.wms_disk_gb
    encrypted             = true
    delete_on_termination = true
  }

  tags        = var.wms_tags
  volume_tags = var.wms_tags
}
