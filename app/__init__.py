"""The window: the only package that knows Qt."""

from app.immortal import keep_alive

keep_alive()
