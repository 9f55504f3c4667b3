"""Mail in files and folders, whatever they turn out to be."""
