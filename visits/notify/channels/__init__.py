"""The ways out: file, console, SMTP, an SMS gateway over HTTP, SMPP 3.4, WhatsApp templates."""
