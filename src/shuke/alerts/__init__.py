"""Alerts: what should somebody look at before it is too late?"""
