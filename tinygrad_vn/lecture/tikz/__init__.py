"""The picture for papers and slides made with LaTeX: tikz draws, labels are the texts in the boxes."""
