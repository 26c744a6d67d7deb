"""How the pages look: colours and the style sheet."""
