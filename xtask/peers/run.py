"""Runs one open routing solver on one instance for so many seconds and prints its routes as JSON.

    run.py SOLVER INSTANCE --time SECONDS --seed N     one line: routes, iterations, seconds, cpu
    run.py versions                                    one line: the solvers that can be imported, with their versions

The seconds are of wall time; for the solvers with one thread they are of that thread, so that other work on the machine
takes nothing from them. On a quiet machine that is the same.

Reads what the benchmark families need (Solomon's form, Li and Lim's, VRPLIB with coordinates or a full matrix, gzip or
not) under their usual conventions, with code of its own or, for rich problems, PyVRP's: a fault in Doorstep's readers
shows as a cost that does not fit. Costs are not printed, Doorstep's checker computes them from the routes. Places are
numbered as in solution files: from 0, the depots first. Where vehicles differ, route k is that of vehicle k; a depot
within a route is where it reloads.
"""

import argparse
import gzip
import importlib.metadata
import json
import math
import os
import resource
import signal
import subprocess
import tempfile
import time

import numpy as np

THREADS = 2


class Instance:
    """The depot is node 0; times and distances are integers of one scale."""

    def __init__(self, distances, demands, capacity, vehicles, points, windows=None, services=None):
        self.distances, self.demands, self.capacity = distances, demands, capacity
        self.points, self.windows = points, windows
        self.customers = len(demands) - 1
        self.services = services or [0] * len(demands)
        self.vehicles = vehicles
        if vehicles is None:
            self.some_vehicles = min(self.customers, math.ceil(1.15 * sum(demands) / capacity) + 3)
            self.vehicles = self.customers
        else:
            self.some_vehicles = vehicles


def euclidean(points):
    xy = np.array(points, dtype=float)
    dx = xy[:, 0][:, None] - xy[:, 0][None, :]
    dy = xy[:, 1][:, None] - xy[:, 1][None, :]
    return np.sqrt(dx * dx + dy * dy)


def solomon(lines):
    rows = [line.split() for line in lines[1:]]
    rows = [row for row in rows if row and all(word.replace(".", "", 1).isdigit() for word in row)]
    vehicles, capacity = (int(word) for word in rows[0])
    rows = [[float(word) for word in row] for row in rows[1:]]
    points = [(row[1], row[2]) for row in rows]
    return Instance(
        np.floor(10 * euclidean(points)).astype(np.int64),
        [int(row[3]) for row in rows],
        capacity,
        vehicles,
        points,
        [(int(10 * row[4]), int(10 * row[5])) for row in rows],
        [int(10 * row[6]) for row in rows],
    )


def vrplib(lines):
    headers, sections, current = {}, {}, None
    for line in lines:
        if line == "EOF":
            break
        if line.endswith("_SECTION"):
            current = sections[line] = []
        elif line[0].isalpha():
            key, _, value = line.partition(":")
            headers[key.strip()] = value.strip()
        else:
            current.append([float(word) for word in line.split()])
    size = int(headers["DIMENSION"])
    points = [(row[1], row[2]) for row in sections["NODE_COORD_SECTION"]]
    if headers["EDGE_WEIGHT_TYPE"] == "EXPLICIT":
        cells = [cell for row in sections["EDGE_WEIGHT_SECTION"] for cell in row]
        distances = np.array(cells, dtype=np.int64).reshape(size, size)
    else:
        distances = np.floor(euclidean(points) + 0.5).astype(np.int64)
    windows = sections.get("TIME_WINDOW_SECTION")
    services = sections.get("SERVICE_TIME_SECTION")
    return Instance(
        distances,
        [int(row[1]) for row in sections["DEMAND_SECTION"]],
        int(float(headers["CAPACITY"])),
        int(headers["VEHICLES"]) if windows else None,
        points,
        [(int(row[1]), int(row[2])) for row in windows] if windows else None,
        [int(row[1]) for row in services] if services else None,
    )


# How PyVRP is to round, by the type of the problem; the types that only PyVRP is given.
RICH_TYPES = {
    "MDVRPTW": "exact",
    "SDVRPTW": "exact",
    "HFVRP": "exact",
    "PCVRPTW": "dimacs",
    "MTVRPTWR": "dimacs",
    "VRPB": "round",
    "GVRP": "round",
}


class Rich:
    """A problem in PyVRP's own words."""

    def __init__(self, data):
        self.data = data

    def routes(self, solution):
        """By vehicle, with empty ones for those that are not used."""
        data = self.data
        free = [[int(number) for number in kind.name.split(",")] for kind in data.vehicle_types()]
        routes = [[] for _ in range(data.num_vehicles)]
        for route in solution.routes():
            places = [self.place(visit) for visit in route]
            routes[free[route.vehicle_type()].pop(0)] = places[1:-1]
        return routes

    def place(self, visit):
        data = self.data
        if visit.is_depot():
            return data.depot(visit.idx).location
        if visit.is_client():
            return data.client(visit.idx).location
        shipment = data.shipment(visit.idx)
        return (shipment.pickup if visit.is_pickup() else shipment.delivery).location


def rich(lines, rounding):
    import pyvrp

    with tempfile.NamedTemporaryFile("w", suffix=".vrp") as file:
        file.write("\n".join(lines))
        file.flush()
        data = pyvrp.read(file.name, round_func=rounding)
    return Rich(nearer(data) if data.num_profiles > 1 else data)


def nearer(data):
    """Whom a vehicle may not serve is 2^44 away in PyVRP 0.14.1, on which its search hangs; 1,000 of the longest ways are
    as forbidding. The time it takes is the true one, or the longest."""
    distances = [np.array(data.distance_matrix(profile)) for profile in range(data.num_profiles)]
    forbidden = max(cells.max() for cells in distances)
    longest = max(cells[cells < forbidden].max() for cells in distances)
    true = np.min(distances, axis=0)
    durations = np.where(true < forbidden, true, longest)
    return data.replace(
        distance_matrices=[np.where(cells < forbidden, cells, 1000 * longest) for cells in distances],
        duration_matrices=[durations] * len(distances),
    )


def lilim(lines):
    from pyvrp import Depot, Location, ProblemData, Shipment, VehicleType

    rows = [[float(word) for word in line.split()] for line in lines]
    vehicles, capacity = int(rows[0][0]), int(rows[0][1])
    rows = rows[1:]
    times = [[round(1000 * time) for time in row[4:7]] for row in rows]
    points = [(row[1], row[2]) for row in rows]
    shipments = []
    for pickup, row in enumerate(rows):
        delivery = int(row[8])
        if delivery > 0:
            shipments.append(
                Shipment(
                    pickup_location=pickup,
                    delivery_location=delivery,
                    pickup_tw_early=times[pickup][0],
                    pickup_tw_late=times[pickup][1],
                    pickup_service_duration=times[pickup][2],
                    delivery_tw_early=times[delivery][0],
                    delivery_tw_late=times[delivery][1],
                    delivery_service_duration=times[delivery][2],
                    amount=[int(row[3])],
                )
            )
    distances = np.round(1000 * euclidean(points)).astype(np.int64)
    early, late, _ = times[0]
    names = ",".join(str(number) for number in range(vehicles))
    return Rich(
        ProblemData(
            locations=[Location(x, y) for x, y in points],
            clients=[],
            depots=[Depot(0)],
            vehicle_types=[VehicleType(vehicles, capacity=[capacity], tw_early=early, tw_late=late, name=names)],
            distance_matrices=[distances],
            duration_matrices=[distances],
            shipments=shipments,
        )
    )


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as file:
        lines = [line.strip() for line in file if line.strip()]
    kind = next((line.partition(":")[2].strip() for line in lines[:12] if line.startswith("TYPE")), None)
    if kind in RICH_TYPES:
        return rich(lines, RICH_TYPES[kind])
    if len(lines[0].split()) == 3 and len(lines[1].split()) == 9:
        return lilim(lines)
    return solomon(lines) if any(line.startswith("CUST") for line in lines[:12]) else vrplib(lines)


def pyvrp(instance, seconds, seed):
    import pyvrp

    data = instance.data if isinstance(instance, Rich) else pyvrp_data(instance)
    end = time.process_time() + seconds
    result = pyvrp.solve(data, stop=lambda _: time.process_time() >= end, seed=seed, display=False, collect_stats=False)
    if not result.is_feasible():
        return None, result.num_iterations
    if isinstance(instance, Rich):
        return instance.routes(result.best), result.num_iterations
    routes = [[visit.idx + 1 for visit in route if visit.is_client()] for route in result.best.routes()]
    return routes, result.num_iterations


def pyvrp_data(instance):
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType

    size = instance.customers + 1
    windows = instance.windows or [(0, np.iinfo(np.int64).max)] * size
    durations = instance.distances if instance.windows else np.zeros_like(instance.distances)
    return ProblemData(
        locations=[Location(x, y) for x, y in instance.points],
        clients=[
            Client(
                node,
                delivery=[instance.demands[node]],
                service_duration=instance.services[node],
                tw_early=windows[node][0],
                tw_late=windows[node][1],
            )
            for node in range(1, size)
        ],
        depots=[Depot(0, tw_early=windows[0][0], tw_late=windows[0][1])],
        vehicle_types=[
            VehicleType(
                instance.vehicles, capacity=[instance.capacity], tw_early=windows[0][0], tw_late=windows[0][1]
            )
        ],
        distance_matrices=[instance.distances],
        duration_matrices=[durations],
    )


def hygese(instance, seconds, seed):
    import hygese

    solver = hygese.Solver(parameters=hygese.AlgorithmParameters(timeLimit=seconds, seed=seed), verbose=False)
    result = solver.solve_cvrp(
        {
            "distance_matrix": instance.distances.astype(float),
            "demands": np.array(instance.demands),
            "vehicle_capacity": instance.capacity,
            "x_coordinates": np.array([x for x, _ in instance.points]),
            "y_coordinates": np.array([y for _, y in instance.points]),
            "service_times": np.zeros(instance.customers + 1),
            "depot": 0,
        }
    )
    return [[int(node) for node in route] for route in result.routes], None


def ortools(instance, seconds, seed):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    size = instance.customers + 1
    manager = pywrapcp.RoutingIndexManager(size, instance.some_vehicles, 0)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(instance.distances.tolist()))
    demand = model.RegisterUnaryTransitVector(instance.demands)
    model.AddDimensionWithVehicleCapacity(demand, 0, [instance.capacity] * instance.some_vehicles, True, "load")
    if instance.windows:
        times = (instance.distances + np.array(instance.services)[:, None]).tolist()
        horizon = instance.windows[0][1]
        model.AddDimension(model.RegisterTransitMatrix(times), horizon, horizon, False, "time")
        clock = model.GetDimensionOrDie("time")
        for node in range(1, size):
            clock.CumulVar(manager.NodeToIndex(node)).SetRange(*instance.windows[node])
        for vehicle in range(instance.some_vehicles):
            clock.CumulVar(model.Start(vehicle)).SetRange(*instance.windows[0])
            clock.CumulVar(model.End(vehicle)).SetRange(*instance.windows[0])
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy
    parameters.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromSeconds(int(10 * seconds) + 60)
    end = time.process_time() + seconds
    model.AddSearchMonitor(model.solver().CustomLimit(lambda: time.process_time() >= end))
    found = model.SolveWithParameters(parameters)
    if found is None:
        return None, None
    routes = []
    for vehicle in range(instance.some_vehicles):
        index, route = found.Value(model.NextVar(model.Start(vehicle))), []
        while not model.IsEnd(index):
            route.append(manager.IndexToNode(index))
            index = found.Value(model.NextVar(index))
        routes.append(route)
    return [route for route in routes if route], None


def vroom(instance, seconds, seed):
    import datetime

    import vroom

    problem = vroom.Input()
    problem.set_durations_matrix("car", instance.distances.astype(np.uint32))
    shift = {"time_window": vroom.TimeWindow(*instance.windows[0])} if instance.windows else {}
    for number in range(1, instance.some_vehicles + 1):
        problem.add_vehicle(vroom.Vehicle(number, start=0, end=0, capacity=[instance.capacity], **shift))
    for node in range(1, instance.customers + 1):
        window = {"time_windows": [vroom.TimeWindow(*instance.windows[node])]} if instance.windows else {}
        problem.add_job(
            vroom.Job(
                node,
                location=node,
                default_service=instance.services[node],
                delivery=vroom.Amount([instance.demands[node]]),
                **window,
            )
        )
    limit = datetime.timedelta(seconds=seconds)
    steps = problem.solve(exploration_level=5, nb_threads=THREADS, timeout=limit).routes
    routes = {}
    for vehicle, kind, node in zip(steps["vehicle_id"], steps["type"], steps["id"]):
        if kind == "job":
            routes.setdefault(int(vehicle), []).append(int(node))
    return list(routes.values()), None


def vrp_cli(instance, seconds, seed):
    def moment(second):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_006_400 + int(second)))

    windows = instance.windows or [(0, 10_000_000)] * (instance.customers + 1)
    flat = [int(cell) for cell in instance.distances.ravel()]
    jobs = [
        {
            "id": str(node),
            "deliveries": [
                {
                    "places": [
                        {
                            "location": {"index": node},
                            "duration": float(instance.services[node]),
                            "times": [[moment(windows[node][0]), moment(windows[node][1])]],
                        }
                    ],
                    "demand": [instance.demands[node]],
                }
            ],
        }
        for node in range(1, instance.customers + 1)
    ]
    shift = {
        "start": {"earliest": moment(windows[0][0]), "location": {"index": 0}},
        "end": {"latest": moment(windows[0][1]), "location": {"index": 0}},
    }
    problem = {
        "plan": {"jobs": jobs},
        "fleet": {
            "vehicles": [
                {
                    "typeId": "van",
                    "vehicleIds": [f"van{number}" for number in range(instance.some_vehicles)],
                    "profile": {"matrix": "car"},
                    "costs": {"fixed": 0.0, "distance": 1.0, "time": 0.0},
                    "capacity": [instance.capacity],
                    "shifts": [shift],
                }
            ],
            "profiles": [{"name": "car"}],
        },
        "objectives": [{"type": "minimize-unassigned"}, {"type": "minimize-cost"}],
    }
    matrix = {"profile": "car", "travelTimes": flat if instance.windows else [0] * len(flat), "distances": flat}
    settings = {
        "termination": {"maxTime": max(1, round(seconds))},
        "environment": {
            "parallelism": {"numThreadPools": 1, "threadsPerPool": THREADS},
            "logging": {"enabled": False},
            "isExperimental": False,
        },
    }
    with tempfile.TemporaryDirectory() as folder:
        names = {"problem": problem, "matrix": matrix, "settings": settings}
        for name, content in names.items():
            with open(os.path.join(folder, name), "w") as file:
                json.dump(content, file)
        answer = os.path.join(folder, "answer")
        place = {name: os.path.join(folder, name) for name in names}
        command = [os.environ["VRP_CLI"], "solve", "pragmatic", place["problem"]]
        command += ["-m", place["matrix"], "-c", place["settings"], "-o", answer]
        subprocess.run(command, capture_output=True, check=True)
        with open(answer) as file:
            tours = json.load(file).get("tours", [])
    stops = [[activity for stop in tour["stops"] for activity in stop["activities"]] for tour in tours]
    return [[int(visit["jobId"]) for visit in tour if visit["type"] == "delivery"] for tour in stops], None


SOLVERS = {
    "pyvrp": (pyvrp, "pyvrp"),
    "hgs-cvrp": (hygese, "hygese"),
    "or-tools": (ortools, "ortools"),
    "vroom": (vroom, "pyvroom"),
    "vrp-cli": (vrp_cli, None),
}


def versions():
    found = {}
    for name, (_, package) in SOLVERS.items():
        try:
            if package:
                found[name] = importlib.metadata.version(package)
            else:
                said = subprocess.run([os.environ["VRP_CLI"], "--version"], capture_output=True, text=True, check=True)
                found[name] = said.stdout.split()[-1]
        except (importlib.metadata.PackageNotFoundError, KeyError, OSError, subprocess.CalledProcessError):
            pass
    return found


def spent():
    of = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in of)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("solver", choices=[*SOLVERS, "versions"])
    parser.add_argument("instance", nargs="?")
    parser.add_argument("--time", type=float)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    if options.solver == "versions":
        print(json.dumps(versions()))
        return
    signal.alarm(int(4 * options.time) + 120)
    instance = read(options.instance)
    if isinstance(instance, Rich) and options.solver != "pyvrp":
        parser.error(f"{options.solver} is not given rich problems here")
    began, before = time.perf_counter(), spent()
    routes, iterations = SOLVERS[options.solver][0](instance, options.time, options.seed)
    seconds, cpu = time.perf_counter() - began, spent() - before
    print()
    print(json.dumps({"routes": routes, "iterations": iterations, "seconds": seconds, "cpu": cpu}))


if __name__ == "__main__":
    main()
