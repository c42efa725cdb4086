"""`collab_learner`: train a recommender on ratings, ask it, save it.

learner      training; recipes are its settings, files what is saved
questions    predict, recommend, explain; answers are what comes back, plots show it
new_users    somebody who was not there in training; fold_in learns one row
ranking      losses that learn what to show first
evaluation   judges ratings and rankings, beside the baselines
words        what is said, Vietnamese and English
"""
