"""The checks, by what they look at; importing this package registers them."""

from ladder.conformance.checks import answers as answers
from ladder.conformance.checks import data as data
from ladder.conformance.checks import deployment as deployment
from ladder.conformance.checks import environments as environments
from ladder.conformance.checks import experiments as experiments
from ladder.conformance.checks import gates as gates
from ladder.conformance.checks import loop as loop
from ladder.conformance.checks import monitoring as monitoring
from ladder.conformance.checks import owners as owners
from ladder.conformance.checks import releases as releases
from ladder.conformance.checks import serving as serving
from ladder.conformance.checks import taking_back as taking_back
from ladder.conformance.checks import testing as testing
from ladder.conformance.checks import training as training
from ladder.conformance.checks import triggers as triggers
