"""What a made text may say: only what its sources hold."""
