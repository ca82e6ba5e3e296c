"""The article's figures, their counterparts in another framework, and the page that shows both."""
