"""How the estimators learn, in scikit-learn's manner.

estimator    what all of them share, with settings (get_params), inputs (what may come in) and answers (what comes out)
convex       linear and logistic regression find their lowest point; proximal is its way around |w|, scales its units
feedforward  nets learn by batches
"""
