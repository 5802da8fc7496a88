"""Dense optical flow between two gray pictures, and what it says of each cell of them.

Lucas, Kanade, "An Iterative Image Registration Technique with an Application to Stereo Vision", IJCAI 1981, from
coarse to fine as in Bouguet, "Pyramidal Implementation of the Lucas Kanade Feature Tracker", 2000, with these
departures, made so that one fixed graph serves every picture:

- every square of 2 x 2 pixels has a displacement, not only corners; where there is no texture the regularisation keeps
  it at zero. One for every pixel would cost half as much again and score no better;
- the gradients are those of the mean of both pictures, which takes the error of the linear model to second order;
- a fixed number of iterations at each level;
- the window is Gaussian, and higher than wide: the pictures are squeezed horizontally.

There are no weights: nothing here is learned.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

FRAME = 192
CELL = 8
CHANNELS = ("dx", "dy", "squared", "residual", "difference", "gray")
LEVELS = 3
# Side of the square that shares a displacement, in pixels of its level.
SQUARE = 2
# In squares.
WINDOW_WIDTH, WINDOW_HEIGHT = 3, 5
# Squared gray levels a pixel; added to both squared gradients.
REGULARISATION = 1.0
# Of the picture's width.
LARGEST_DISPLACEMENT = 1 / 8
# Moved back in one go: onnxruntime plans for all of them first, and the memory of a large plan comes from the system
# anew with each run, a page at a time.
STRIP_PIXELS = 48 * 96


def gaussian(length: int) -> Tensor:
    """Weights float [length] that sum to 1; the standard deviation is a quarter of the length."""
    place = torch.arange(length) - (length - 1) / 2
    weight = torch.exp(-0.5 * (place / (length / 4)) ** 2)
    return weight / weight.sum()


def kernels(kernel: Tensor, channels: int) -> Tensor:
    """The same kernel [height,width] for each of the channels, as `filtered` wants it."""
    return kernel.repeat(channels, 1, 1, 1)


def filtered(planes: Tensor, kernel: Tensor, added: Tensor | None = None) -> Tensor:
    """Each plane of [B,C,h,w] with its kernel of [C,1,height,width], and `added` [C]; reflected at the borders."""
    channels, _, height, width = kernel.shape
    padded = F.pad(planes, (width // 2, width // 2, height // 2, height // 2), mode="reflect")
    return F.conv2d(padded, kernel, added, groups=channels)


def stretching(length: int, factor: int) -> Tensor:
    """Matrix [length * factor, length] that interpolates linearly between the middles of pixels: onnxruntime multiplies
    faster than it resizes."""
    return F.interpolate(torch.eye(length).unsqueeze(0), scale_factor=factor, mode="linear")[0].T


class Flow(nn.Module):
    """Displacements between two gray pictures.

    `iterations`: how often each level solves for the displacement, the coarsest level first.
    """

    def __init__(self, iterations: tuple[int, ...] = (1, 2, 1)) -> None:
        super().__init__()
        self.iterations = iterations
        tent = torch.tensor([1.0, 2.0, 1.0]) / 4
        slope = torch.tensor([-1.0, 0.0, 1.0]) / 2
        sobel = torch.stack([torch.outer(tent, slope), torch.outer(slope, tent)]).unsqueeze(1)
        self.register_buffer("blur", kernels(torch.outer(tent, tent), 2))
        # Of the mean of two pictures whose sum it is given.
        self.register_buffer("sobel", sobel / 2)
        self.register_buffer("window_row", kernels(gaussian(WINDOW_WIDTH).unsqueeze(0), 5))
        self.register_buffer("window_column", kernels(gaussian(WINDOW_HEIGHT).unsqueeze(1), 5))
        self.register_buffer("regularisation", REGULARISATION * torch.tensor([1.0, 1.0, 0.0, 0.0, 0.0]))
        for level in range(LEVELS):
            side = FRAME >> level
            self.register_buffer(f"places{level}", self._places(side))
            for coarser in (1, 2):
                stretched = stretching(side // SQUARE // coarser, SQUARE * coarser)
                self.register_buffer(f"rows{level}{coarser}", coarser * stretched)
                self.register_buffer(f"columns{level}{coarser}", stretched.T)

    @staticmethod
    def _places(side: int) -> Tensor:
        """float [1,2,side,side]: x and y of each pixel's middle, from -1 to 1 across the picture."""
        middle = (torch.arange(side) * 2 + 1) / side - 1
        y, x = torch.meshgrid(middle, middle, indexing="ij")
        return torch.stack((x, y)).unsqueeze(0)

    def forward(self, pair: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """float [B,2,192,192], earlier and later -> displacement in pixels [B,2,96,96], both pictures blurred, and the
        later one moved back along the displacement, [B,1,192,192] each."""
        pyramid = [filtered(pair, self.blur).split(1, dim=1)]
        while len(pyramid) < LEVELS:
            pyramid.append([F.avg_pool2d(picture, 2) for picture in pyramid[-1]])
        displacement = None
        for level, iterations in zip(reversed(range(LEVELS)), self.iterations):
            earlier, later = pyramid[level]
            # A pixel of the coarser level is two of this one, and so is its square.
            coarser = 2
            for _ in range(iterations):
                if displacement is None:
                    guess, moved = None, later
                else:
                    guess = self._for_pixels(displacement, level, coarser)
                    moved = self._moved_back(later, guess, level)
                displacement = self._solved(earlier, moved, guess, level)
                coarser = 1
        return displacement, *pyramid[0], moved

    def gradients(self, pictures: Tensor) -> Tensor:
        """Sum of two pictures [B,1,h,w] -> horizontal and vertical gradient of their mean [B,2,h,w], a pixel."""
        # A channel each, as filters of one channel are what onnxruntime is fast at.
        return filtered(torch.cat((pictures, pictures), dim=1), self.sobel)

    def _for_pixels(self, displacement: Tensor, level: int, coarser: int) -> Tensor:
        """[B,2,h,w] of squares of a level that is so many times coarser -> [B,2,side,side]."""
        rows, columns = getattr(self, f"rows{level}{coarser}"), getattr(self, f"columns{level}{coarser}")
        return torch.matmul(torch.matmul(rows, displacement), columns)

    def _moved_back(self, later: Tensor, displacement: Tensor, level: int) -> Tensor:
        side = FRAME >> level
        # The whole picture is 2 wide to grid_sample.
        places = getattr(self, f"places{level}") + displacement * (2 / side)
        # What would lie outside is held at the middle of the outermost pixels, a rounding error within: onnxruntime
        # is faster where grid_sample has no border to look after.
        edge = 1 - (1 + 1e-4) / side
        grid = places.clamp(-edge, edge).permute(0, 2, 3, 1)
        strips = [
            F.grid_sample(later, strip, mode="bilinear", padding_mode="zeros", align_corners=False)
            for strip in grid.split(STRIP_PIXELS // side, dim=1)
        ]
        return torch.cat(strips, dim=2)

    def _solved(self, earlier: Tensor, moved: Tensor, displacement: Tensor | None, level: int) -> Tensor:
        """What the normal equations of each square's window give; `displacement` is the one `moved` was made with."""
        gradients = self.gradients(earlier + moved)
        difference = moved - earlier
        if displacement is not None:
            # What the difference would be had nothing been moved: the whole displacement is solved for, not a correction.
            x, y = (gradients * displacement).split(1, dim=1)
            difference = difference - x - y
        gx, gy = gradients.split(1, dim=1)
        products = torch.cat((gradients * gradients, gx * gy, gradients * difference), dim=1)
        rows = filtered(F.avg_pool2d(products, SQUARE), self.window_row)
        sums = filtered(rows, self.window_column, self.regularisation)
        xx, yy, xy, xt, yt = sums.split(1, dim=1)
        solution = torch.cat((xy * yt - yy * xt, xy * xt - xx * yt), dim=1) / (xx * yy - xy * xy)
        largest = (FRAME >> level) * LARGEST_DISPLACEMENT
        return solution.clamp(-largest, largest)


class Motion(nn.Module):
    """What moved between two pictures, cell by cell; no item of a batch has a say in another's result.

    Inputs: `pair` uint8 [B,2,192,192] gray, earlier and later, the whole picture squeezed to a square; `aspect`
    float [B], the picture's height by its width. Output: float [B,6,24,24], means over cells of 8 x 8 pixels:

    - dx, dy: displacement to the right and downwards, in 1/192 of the picture's width both;
    - squared: squared length of the displacement;
    - residual: squared gray difference left once the later picture is moved back;
    - difference: squared gray difference before that;
    - gray: of the later picture, blurred.
    """

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self.flow = flow

    def forward(self, pair: Tensor, aspect: Tensor) -> Tensor:
        displacement, earlier, later, moved = self.flow(pair.float())
        dx, dy = displacement.split(1, dim=1)
        dy = dy * aspect.view(-1, 1, 1, 1)
        residual, difference = moved - earlier, later - earlier
        of_squares = (dx, dy, dx * dx + dy * dy)
        of_pixels = (residual * residual, difference * difference, later)
        return torch.cat(
            [F.avg_pool2d(plane, CELL // SQUARE) for plane in of_squares]
            + [F.avg_pool2d(plane, CELL) for plane in of_pixels],
            dim=1,
        )
