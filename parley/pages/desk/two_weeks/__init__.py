"""The desk's page of what comes due in the next two weeks."""
