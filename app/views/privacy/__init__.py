"""What was reached, and the switch that reaches nothing."""
