"""Delivery of notifications by SNS and SES."""
