//! Dataset → emotion model → soft labels: scaler, network, training, forest, the saved folder.
