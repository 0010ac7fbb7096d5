import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'terraform',
    text: 'variable "from" {\n  type    = list(string)\n  default = ["10.1.0.0/16", "0.0.0.0/0"] # é everybody\n}\nlocals {\n  rules = { pg = 5432, web = 443 }\n}\nresource "aws_security_group" "db" {\n  name = "db-${terraform.workspace}"\n  dynamic "ingress" {\n    for_each = local.rules\n    content {\n      from_port   = ingress.value\n      to_port     = ingress.value\n      protocol    = "tcp"\n      cidr_blocks = var.from\n    }\n  }\n}\nresource "aws_db_instance" "db" {\n  engine                          = "postgres"\n  storage_encrypted               = true\n  publicly_accessible             = var.from[0] == "10.1.0.0/16" ? true : false\n  vpc_security_group_ids          = [aws_security_group.db.id]\n  backup_retention_period         = max(7, 14)\n  deletion_protection             = !false\n  enabled_cloudwatch_logs_exports = concat(["postgresql"], [])\n  iam_database_authentication_enabled = true\n  password                        = try(local.missing, "changeit-example")\n}\nresource "aws_s3_bucket_policy" "b" {\n  bucket = "files"\n  policy = <<-EOT\n    {\n      "Statement": [{ "Effect": "Allow", "Principal": { "AWS": "*" },\n        "Action": "s3:GetObject", "Resource": "${aws_s3_bucket.b.arn}/*" }]\n    }\n  EOT\n}\n',
    pointed: [
      ['audit/terraform-store-port-open-to-internet', '"0.0.0.0/0"'],
      ['audit/terraform-database-publicly-accessible', 'true'],
      ['audit/terraform-bucket-plain-http', 'resource "aws_s3_bucket_policy" "b"'],
      ['audit/terraform-bucket-public-policy', '"*"'],
    ],
  },
  {
    format: 'terraform',
    text: '{\n  "variable": { "public": { "default": true } },\n  "resource": {\n    "aws_db_instance": {\n      "db": { "engine": "postgres", "publicly_accessible": "${var.public}", "storage_encrypted": false }\n    },\n    "aws_security_group": {\n      "db": [{ "ingress": [{ "from_port": 3306, "to_port": 3306, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"] }] }]\n    }\n  }\n}\n',
    pointed: [
      ['audit/terraform-database-publicly-accessible', 'true'],
      ['audit/terraform-database-not-encrypted', 'false'],
      ['audit/terraform-store-without-backups', '"db"'],
      ['audit/terraform-database-deletion-protection-off', '"db"'],
      ['audit/terraform-database-logs-not-exported', '"db"'],
      ['audit/terraform-database-iam-login-off', '"db"'],
      ['audit/terraform-store-port-open-to-internet', '"0.0.0.0/0"'],
    ],
  },
];
