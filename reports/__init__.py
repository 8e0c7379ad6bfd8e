"""From books to statements, and from statements to text, CSV, XLSX, JSON, HTML and PDF."""
