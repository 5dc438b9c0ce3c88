"""What people look at: tables, plots, the run's page."""
