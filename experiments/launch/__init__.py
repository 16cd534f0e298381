"""Launch scripts: one command as a job of a scheduler, shown with `--dry_run` or submitted."""
