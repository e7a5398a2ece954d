// This file makes the target build until its sources arrive.
