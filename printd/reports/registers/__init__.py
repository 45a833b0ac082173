"""The reports an office owes (domain reference section 7), one file a family; each makes a document of a view."""
