"""The screens, one folder for each kind of user."""
