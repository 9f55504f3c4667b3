"""The job machine: ledger, dispatcher, registry, triggers, and the jobs themselves."""
