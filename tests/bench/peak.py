"""Runs a command and says how long it took and how much memory it had at most: peak.py COMMAND… prints "seconds MiB"."""
import resource
import subprocess
import sys
import time

start = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
seconds = time.monotonic() - start
if done.returncode != 0:
    sys.exit(f"{sys.argv[1]}: exit code {done.returncode}")
print(f"{seconds:.3f} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f}")
