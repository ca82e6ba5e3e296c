"""The article's figures, their Keras counterparts, and the page that shows them."""
