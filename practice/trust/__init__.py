"""Who may run code: what a folder of books brings is data, until this machine's user says otherwise."""
