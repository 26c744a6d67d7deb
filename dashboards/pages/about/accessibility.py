"""What we do so that everyone can use these pages, and what does not work yet."""

from dashboards import shell

version = shell.begin("Accessibility")
shell.html(
    "<p>We aim to meet the Web Content Accessibility Guidelines 2.2 at level AA. Every page is tested by machine "
    "(axe) with each "
    "change, at the width of a phone and of a laptop; no test by people who use assistive technology has been "
    "done yet.</p>"
    "<h2>What you can do</h2><ul><li>use every control with a keyboard; what has the focus is outlined</li>"
    "<li>read each chart as a sentence, as a description for screen readers and as a table</li>"
    "<li>zoom to 400% or use a phone without scrolling sideways on the local area page</li>"
    "<li>choose light or dark: the pages follow your device, and the menu at the top right changes it</li>"
    "<li>tell every difference without colour: it is written in words and has a symbol</li></ul>"
    "<h2>What does not work yet</h2><ul><li>There is no link that skips the navigation: it has to be stepped "
    "through.</li>"
    "<li>When a choice changes the page, screen readers are not told that the figures changed.</li>"
    "<li>The evidence pack is a tagged PDF with a title, bookmarks, column headers and a description of each chart; "
    "the first cell of a row is not marked as its header.</li>"
    "<li>Points of a chart can be explored with a pointer only; the table below each chart holds the same "
    "values.</li></ul>"
)
shell.end(version)
