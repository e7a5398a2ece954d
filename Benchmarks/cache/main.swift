HitRatio.run()
