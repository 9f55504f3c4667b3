"""On-device models and the skills built on them. The only package that loads model runtimes."""
