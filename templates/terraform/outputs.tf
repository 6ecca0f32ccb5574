# Addresses for teammates go here, e.g. of a load balancer, under names of your own, which the settings tell to wms:
#
#   output "mlflow_url" { value = "https://mlflow.example.com" }
#   "cloud": { "terraform": { "outputs": { "mlflow": "mlflow_url", "api": "api_url" } } }
#
# The machine above is reached through a tunnel instead: npx wms cloud connect

output "machine" {
  value = aws_instance.machine.id
}
