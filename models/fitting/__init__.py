"""How the estimators learn, in scikit-learn's manner.

estimator    what all of them share, with settings (get_params), inputs and labels (what may come in), answers (what
             comes out) and kept (drawing, saving, loading)
convex       linear and logistic regression find their lowest point: newton takes the steps, corners are its way around
             |w|, scales its units
feedforward  nets learn by batches; net_settings is what can be set
"""
