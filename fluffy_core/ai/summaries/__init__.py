"""What a thread says, in few of its own sentences or told anew."""
