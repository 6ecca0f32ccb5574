# Every stack must take these three.

variable "wms_session" {
  description = "Id of the session, e.g. 20261127-101500-3f9a."
  type        = string
}

variable "wms_deadline" {
  description = "When the machine ends itself (ISO 8601, UTC). Also one of the tags: it may be moved later."
  type        = string
}

variable "wms_tags" {
  description = "Tags of everything that bills. By them a session is found, extended and removed."
  type        = map(string)
}

# A stack takes those of the rest that it needs.

variable "wms_region" {
  description = "Where the machine is: cloud.region."
  type        = string
}

variable "wms_zone" {
  description = "Availability zone. When one has no room for the machine, wms tries the next."
  type        = string
}

variable "wms_size" {
  description = "Instance type: cloud.size."
  type        = string
}

variable "wms_image" {
  description = "Newest image of Debian in the region."
  type        = string
}

variable "wms_disk_gb" {
  description = "Disk of the machine: cloud.diskGb."
  type        = number
}

variable "wms_instance_profile" {
  description = "Name of what lets the machine use the store: cloud.instanceProfile."
  type        = string
}

variable "wms_user_data" {
  description = "cloud-init of the machine: it brings up MLflow and the model API, and ends the machine at its deadline."
  type        = string
}
