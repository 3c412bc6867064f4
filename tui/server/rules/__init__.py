"""What is allowed and what it comes to: functions on a `Unit`, in the domain's words, for every face."""
