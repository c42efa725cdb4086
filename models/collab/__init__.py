"""`collab_learner`: train a recommender on ratings, ask it, save it. In the order in which they are best read:

create        collab_learner: settings that make sense together; recipes are those that nobody has to give
learner       fit, save and load; all that a learner is, it has from the next three:
pairs         ratings of users for films, and how good they are
questions     films to watch, similar films, reasons; answers are what comes back, plots a map of films
new_users     somebody who was not there in training; fold_in learns one row
names         from ids to rows
starts        what a model is before its training
tasks         what it learns; ranking has the losses that learn what to show first
scores        measures of ratings and of rankings
evaluation    the model by these measures, beside the contestants it has to beat; score_table prints it
seeds         the same over several splits
files         what a saved recommender holds
words         what is said, Vietnamese and English
"""
